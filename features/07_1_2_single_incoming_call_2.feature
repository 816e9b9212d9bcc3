@guide-7.1.2
Feature: 7.1.2 Single Incoming Call 2
  An external caller reaches User A and is transferred to User B.

  Scenario: An incoming call is blind transferred to another Teams user
    Given User A is registered from Teams
    And User B is registered from Teams
    When Step 1: From an external number, dial the User A PBX number
    Then Teams rings for User A
    And the caller sees the call ring
    When Step 2: Answer the call in Teams
    Then 2-way audio is established
    When Step 3: Blind transfer the call to User B's extension number
    Then Teams rings for User B
    When Step 4: Answer the call
    Then 2-way audio is established between the two external devices
    When the external caller hangs up
    Then both parties see the call hang up
